// Rotation, scaling and shearing about the center of an image, followed by a translation.
import { type AffineMap, setMap } from './affine-map.ts';

/** How a picture is moved. */
export interface Motion {
  /** Cosine and sine of the counterclockwise angle. */
  cosine: number;
  sine: number;
  /** How many times larger the picture becomes. */
  factor: number;
  /** Tangents of the angles of shearing along each axis. */
  shearX: number;
  shearY: number;
  /** Pixels to the right and down. */
  right: number;
  down: number;
}

/** A motion that changes nothing. */
export const noMotion = (): Motion => ({ cosine: 1, sine: 0, factor: 1, shearX: 0, shearY: 0, right: 0, down: 0 });

/**
 * Sets a map to the inverse of a motion: it maps the pixels of the result to the places where they come from. The motion
 * is that of torchvision's `affine` for the opposite angle: translation · rotation · shearing in y · shearing in x ·
 * scaling.
 */
export function setCenteredMap(
  map: AffineMap,
  { height, width }: { readonly height: number; readonly width: number },
  { cosine, sine, factor, shearX, shearY, right, down }: Motion,
): void {
  const a = ((1 + shearX * shearY) * cosine + shearX * sine) / factor;
  const b = (shearX * cosine - (1 + shearX * shearY) * sine) / factor;
  const d = (shearY * cosine + sine) / factor;
  const e = (cosine - shearY * sine) / factor;
  const centerX = width / 2;
  const centerY = height / 2;
  const fromX = centerX + right;
  const fromY = centerY + down;
  setMap(map, a, b, centerX - a * fromX - b * fromY, d, e, centerY - d * fromX - e * fromY);
}
