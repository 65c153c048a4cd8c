"""The way of one message through the console: answered, asked about, shown, taken, remembered."""
