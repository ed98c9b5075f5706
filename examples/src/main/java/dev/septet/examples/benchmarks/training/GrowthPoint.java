package dev.septet.examples.benchmarks.training;

import java.util.List;

/**
 * What one size cost.
 *
 * @param x tokens of a row, or parameters in millions
 */
record GrowthPoint(double x, List<Measured> rows) {}
