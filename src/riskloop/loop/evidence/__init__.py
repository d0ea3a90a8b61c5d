"""The evidence file of one event (电子证据卷): from entry to closure, as a page to print and in Word."""
