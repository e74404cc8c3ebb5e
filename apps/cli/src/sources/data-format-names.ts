// The names of the formats of data in files. The help needs them without loading the readers.
export const dataFormatNames = ['cifar10', 'cifar100', 'npz', 'csv', 'packed', 'webdataset', 'image-folder'] as const;

export type DataFormatName = (typeof dataFormatNames)[number];
