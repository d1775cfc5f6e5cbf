// Whole-desk stories; nothing imports this package.
export {}
