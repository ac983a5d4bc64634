"""What ``make bench`` measures. Figures are printed and kept, never asserted."""
