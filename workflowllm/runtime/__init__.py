"""Running workflows without an iPhone: a pure interpreter over a world that is data, with effects that are data."""
