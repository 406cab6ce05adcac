"""What happened, out of all that is kept: time lines of jobs, frames of a wire log, log files. For the commands and the API alike."""
