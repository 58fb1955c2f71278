// filled by its topic
