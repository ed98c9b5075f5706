package dev.septet.activities.evaluate.rival;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows by the cosine of vectors. The search is exact: it reads the vectors of all rows from a file once for each {@value
 * #AT_ONCE} questions. An approximate graph would be faster, but could miss a row, and then the rival would lose by its
 * index.
 */
final class VectorIndex implements NearestRows {
    /** Texts whose vectors are computed and stored together. */
    private static final int SHARD = 64;

    /** Questions of one pass over the file. */
    private static final int AT_ONCE = 512;

    private final Path file;
    private final TextVectors vectors;
    private final DataOutputStream out;
    private final List<String> waiting = new ArrayList<>();
    private int size;

    /**
     * @param folder an empty folder
     * @param vectors closed with the index
     */
    VectorIndex(Path folder, TextVectors vectors) throws IOException {
        this.vectors = vectors;
        file = folder.resolve("vectors");
        out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    }

    @Override
    public void add(String text) throws IOException {
        waiting.add(text);
        if (waiting.size() == SHARD) {
            write();
        }
    }

    @Override
    public void complete() throws IOException {
        write();
        out.close();
    }

    private void write() throws IOException {
        for (float[] vector : of(waiting)) {
            size = vector.length;
            for (float value : vector) {
                out.writeFloat(value);
            }
        }
        waiting.clear();
    }

    private List<float[]> of(List<String> texts) throws IOException {
        return texts.isEmpty() ? List.of() : vectors.of(List.copyOf(texts));
    }

    @Override
    public List<int[]> nearest(List<String> texts, int count) throws IOException {
        List<int[]> all = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += AT_ONCE) {
            List<String> part = texts.subList(from, Math.min(from + AT_ONCE, texts.size()));
            List<float[]> questions = new ArrayList<>();
            for (int at = 0; at < part.size(); at += SHARD) {
                questions.addAll(of(part.subList(at, Math.min(at + SHARD, part.size()))));
            }
            all.addAll(search(questions, count));
        }
        return all;
    }

    private List<int[]> search(List<float[]> questions, int count) throws IOException {
        List<Best> best = new ArrayList<>();
        questions.forEach(question -> best.add(new Best(count)));
        float[] vector = new float[size];
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            for (int row = 0; read(in, vector); row++) {
                for (int at = 0; at < best.size(); at++) {
                    best.get(at).offer(row, product(questions.get(at), vector));
                }
            }
        }
        return best.stream().map(Best::rows).toList();
    }

    /** Whether there was another vector. */
    private boolean read(DataInputStream in, float[] vector) throws IOException {
        try {
            for (int at = 0; at < vector.length; at++) {
                vector[at] = in.readFloat();
            }
            return vector.length > 0;
        } catch (EOFException end) {
            return false;
        }
    }

    private static double product(float[] one, float[] other) {
        double sum = 0;
        for (int at = 0; at < one.length; at++) {
            sum += (double) one[at] * other[at];
        }
        return sum;
    }

    @Override
    public long bytes() throws IOException {
        return Files.size(file);
    }

    @Override
    public void close() throws IOException {
        try (vectors) {
            out.close();
        }
    }

    /** The largest values so far, in falling order; of equal ones, the first. */
    private static final class Best {
        private final int[] rows;
        private final double[] values;
        private int count;

        Best(int most) {
            rows = new int[most];
            values = new double[most];
        }

        void offer(int row, double value) {
            if (Double.isNaN(value) || (count == rows.length && value <= values[count - 1])) {
                return;
            }
            int at = count == rows.length ? count - 1 : count++;
            while (at > 0 && values[at - 1] < value) {
                values[at] = values[at - 1];
                rows[at] = rows[at - 1];
                at--;
            }
            values[at] = value;
            rows[at] = row;
        }

        int[] rows() {
            return Arrays.copyOf(rows, count);
        }
    }
}
