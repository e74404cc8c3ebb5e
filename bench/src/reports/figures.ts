// Figures as text.

/** At least three significant digits, and no more decimals than the figures are exact to. */
export const formatFigure = (figure: number): string => (figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3));

export const formatShare = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const formatMegabytes = (bytes: number): string => formatFigure(bytes / 1e6);

export const formatWorkers = (workers: number): string => `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
