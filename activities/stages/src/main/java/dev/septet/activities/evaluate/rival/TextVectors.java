package dev.septet.activities.evaluate.rival;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Vectors of texts, of length 1: the product of two of them is their cosine. */
public interface TextVectors extends Closeable {
    /** One vector for each text; zeros for a text without tokens. */
    List<float[]> of(List<String> texts) throws IOException;
}
