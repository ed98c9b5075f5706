package dev.septet.activities.lineage;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.RowPlace;
import org.jspecify.annotations.Nullable;

/**
 * One row of a prepared dataset. A row that a split has several times is one.
 *
 * @param split the split's name, such as {@code train}
 * @param row number of the row in its split, from 1
 * @param place where the record was read
 * @param read digest of the record as it was read
 * @param prepared digest of the row in the dataset
 * @param content digest of the row's texts, see {@link RowDigests#content}; null in a lineage of an earlier version
 * @param origins number of rows that this row was made of; each has a line, one after the other. Usually 1
 */
public record LineageRow(
        String split,
        long row,
        RowPlace place,
        String read,
        String prepared,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String content,
        @JsonIgnore int origins) {}
