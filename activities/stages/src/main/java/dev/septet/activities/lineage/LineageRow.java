package dev.septet.activities.lineage;

import dev.septet.activities.dataset.RowPlace;

/**
 * One row of a prepared dataset. A row that a split has several times is one.
 *
 * @param split the split's name, such as {@code train}
 * @param row number of the row in its split, from 1
 * @param place where the record was read
 * @param read digest of the record as it was read
 * @param prepared digest of the row in the dataset
 */
public record LineageRow(String split, long row, RowPlace place, String read, String prepared) {}
