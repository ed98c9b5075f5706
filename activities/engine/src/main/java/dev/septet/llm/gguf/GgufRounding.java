package dev.septet.llm.gguf;

import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.quantize.GgmlType;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Compares the weights of a GGUF file with those of the folder that it was written from. Rounding
 * to nearest leaves an error of at most half a step of the stored type. A weight that was rounded
 * twice, truncated or misplaced exceeds it. In blocks of 4 to 6 bits, the step itself comes from a
 * search. There, a block's error is compared with the error of this code's own search.
 *
 * @param tensor the tensor with the largest error, by the folder's name
 * @param halfSteps largest |stored - original| of all weights, in half steps, or a block's error as
 *     a multiple of the search's error: 1 = nearest
 */
public record GgufRounding(String tensor, double halfSteps) {
    /** 2^-11: half a step of float16 near 1, and the relative error of a block's scale. */
    private static final double F16_HALF = 0x1p-11;

    /** Half a step of subnormal float16. */
    private static final double F16_MIN = 0x1p-25;

    private static final int LARGEST_CODE = 127;

    /**
     * Compares all tensors, one in memory at a time.
     *
     * @return halfSteps is infinite if a tensor is missing or has another shape
     * @throws dev.septet.llm.format.FormatProblem when the file cannot be read
     */
    public static GgufRounding of(ModelFolder model, Path file) {
        GgufFile gguf = GgufFile.open(file);
        ModelConfig config = GgufNumbers.config(model);
        GgufRounding worst = new GgufRounding("", 0);
        for (TensorLayout tensor : TensorLayout.of(model, config)) {
            GgufTensor stored = gguf.tensors().get(tensor.name());
            double steps = stored == null || !stored.shape().equals(tensor.shape())
                    ? Double.POSITIVE_INFINITY
                    : halfSteps(tensor.floats(), stored);
            // a NaN must also count as the worst
            worst = steps <= worst.halfSteps ? worst : new GgufRounding(tensor.original(), steps);
        }
        return worst;
    }

    private static double halfSteps(float[] values, GgufTensor stored) {
        float[] read = stored.floats();
        if (stored.type().blockSize() > 1 && stored.type() != GgmlType.Q8_0) {
            return shareOfSearch(values, read, stored.type());
        }
        double worst = 0;
        int block = stored.type() == GgmlType.Q8_0 ? stored.type().blockSize() : 1;
        for (int from = 0; from < values.length; from += block) {
            double half = half(stored.type(), values, from, block);
            for (int at = from; at < from + block; at++) {
                double error = Math.abs((double) read[at] - values[at]);
                double steps = error == 0 ? 0 : error / half;
                worst = steps <= worst ? worst : steps;
            }
        }
        return worst;
    }

    private static double shareOfSearch(float[] values, float[] read, GgmlType type) {
        if (!type.writable()) {
            return Double.POSITIVE_INFINITY;
        }
        float[] best = type.decode(type.encode(values));
        double worst = 0;
        for (int from = 0; from < values.length; from += type.blockSize()) {
            double searchError = squares(values, best, from, type.blockSize());
            double error = squares(values, read, from, type.blockSize());
            double share = error == 0 ? 0 : Math.sqrt(error / searchError);
            worst = share <= worst ? worst : share;
        }
        return worst;
    }

    private static double squares(float[] values, float[] read, int from, int count) {
        double sum = 0;
        for (int at = from; at < from + count; at++) {
            double error = (double) read[at] - values[at];
            sum += error * error;
        }
        return sum;
    }

    private static double half(GgmlType type, float[] values, int from, int block) {
        return switch (type) {
            case F16 -> Math.max(F16_MIN, F16_HALF * Math.scalb(1.0, Math.getExponent(values[from])));
            case Q8_0 -> {
                float largest = 0;
                for (float value : Arrays.copyOfRange(values, from, from + block)) {
                    largest = Math.max(largest, Math.abs(value));
                }
                double step = (double) largest / LARGEST_CODE;
                yield step / 2 + LARGEST_CODE * Math.max(step * F16_HALF, F16_MIN);
            }
            default -> 0; // stored exactly: any error is too large
        };
    }
}
