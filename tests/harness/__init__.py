"""The cable harness: for any family, the line is cut and spoilt everywhere, and verdicts are held against what came out."""
