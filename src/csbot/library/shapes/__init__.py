"""The shape of each YAML file as JSON Schema 2020-12: the one definition that loader and editors share."""
