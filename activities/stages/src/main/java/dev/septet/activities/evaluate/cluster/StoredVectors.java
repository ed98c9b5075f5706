package dev.septet.activities.evaluate.cluster;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Vectors as texts for records: Base64 of little-endian float32 numbers; an empty text for no vector. */
public final class StoredVectors {
    private StoredVectors() {}

    /** The texts of vectors. */
    public static List<String> write(List<Optional<float[]>> vectors) {
        List<String> texts = new ArrayList<>();
        for (Optional<float[]> vector : vectors) {
            texts.add(vector.map(StoredVectors::text).orElse(""));
        }
        return texts;
    }

    private static String text(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : vector) {
            bytes.putFloat(number);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /** The vectors of texts; empty when a text is damaged. */
    public static Optional<List<Optional<float[]>>> read(List<String> texts) {
        List<Optional<float[]>> vectors = new ArrayList<>();
        try {
            for (String text : texts) {
                ByteBuffer bytes =
                        ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
                if (bytes.remaining() % Float.BYTES != 0) {
                    return Optional.empty();
                }
                float[] vector = new float[bytes.remaining() / Float.BYTES];
                bytes.asFloatBuffer().get(vector);
                vectors.add(text.isEmpty() ? Optional.empty() : Optional.of(vector));
            }
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
        return Optional.of(vectors);
    }
}
