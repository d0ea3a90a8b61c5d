"""Files that people attach to an event: received, judged, kept under their hash, and handed out."""
