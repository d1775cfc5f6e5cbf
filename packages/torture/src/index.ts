// The fault tests; nothing imports this package.
export {}
