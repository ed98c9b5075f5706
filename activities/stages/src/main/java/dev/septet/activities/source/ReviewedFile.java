package dev.septet.activities.source;

import java.io.IOException;
import java.util.List;

/** Reviewed rows of a pipeline's feedback; they are append-only. */
@FunctionalInterface
public interface ReviewedFile {
    /** No reviewed rows. */
    ReviewedFile NONE = (pipeline, count) -> List.of();

    /**
     * The first rows, as lines of chat JSON.
     *
     * @param count number of rows; negative for all present ones
     */
    List<String> rows(String pipeline, long count) throws IOException;
}
