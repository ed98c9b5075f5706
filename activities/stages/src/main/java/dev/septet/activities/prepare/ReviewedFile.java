package dev.septet.activities.prepare;

import java.io.IOException;
import java.util.List;

/** Rows that reviewers made of a pipeline's feedback; they only ever grow. */
@FunctionalInterface
public interface ReviewedFile {
    /** Nobody reviews. */
    ReviewedFile NONE = (pipeline, count) -> List.of();

    /**
     * The first so many, as lines of chat JSON.
     *
     * @param count negative for all that are there now
     */
    List<String> rows(String pipeline, long count) throws IOException;
}
