// Nothing imports this app; the command is main.ts.
export {}
