package dev.septet.examples.benchmarks.training;

import java.util.List;

/**
 * The measurements of one size.
 *
 * @param x tokens per row, or parameters in millions
 */
record GrowthPoint(double x, List<Measured> rows) {}
