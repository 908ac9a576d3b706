"""One file for each library whose frames come and go. None is imported before such a frame is seen."""
