package dev.septet.llm.format;

import dev.septet.llm.quantize.GgmlType;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * Holds the weights of a GGUF to those of the folder it was written from. Rounding to the nearest
 * leaves an error of at most half a step of the stored type; whatever was rounded twice, cut, or
 * put in another place exceeds it.
 *
 * @param tensor where the greatest error is, by the folder's name
 * @param halfSteps greatest |stored - original| of all weights, in halves of a step: 1 = nearest
 */
public record GgufRounding(String tensor, double halfSteps) {
    /** 2^-11: half a step of float16 beside 1, and the relative error of a block's scale. */
    private static final double F16_HALF = 0x1p-11;

    /** Half a step of float16 where it is subnormal. */
    private static final double F16_LEAST = 0x1p-25;

    private static final int LARGEST_CODE = 127;

    /**
     * Compares all tensors, one in memory at a time.
     *
     * @return halfSteps is infinite where a tensor is missing or has another shape
     * @throws FormatProblem when the file cannot be read
     */
    public static GgufRounding of(ModelFolder model, Path file) {
        GgufFile gguf = GgufFile.open(file);
        LlamaShape shape = LlamaShape.of(model);
        boolean tied = model.config().path("tie_word_embeddings").asBoolean();
        GgufRounding worst = new GgufRounding("", 0);
        for (StoredTensor tensor : model.tensors().values()) {
            String name = LlamaNames.gguf(model.path(), tensor.name());
            if (tied && name.equals(LlamaNames.HEAD)) {
                continue;
            }
            GgufTensor stored = gguf.tensors().get(name);
            double steps =
                    stored == null || !stored.shape().equals(tensor.shape())
                            ? Double.POSITIVE_INFINITY
                            : halfSteps(inOrder(tensor, name, shape), stored);
            // a NaN must win as well
            worst = steps <= worst.halfSteps ? worst : new GgufRounding(tensor.name(), steps);
        }
        return worst;
    }

    private static float[] inOrder(StoredTensor tensor, String name, LlamaShape shape) {
        int columns = tensor.shape().dimension() < 2 ? 1 : (int) tensor.shape().get(1);
        if (LlamaNames.isQuery(name)) {
            return HeadRows.toPairs(tensor.floats(), shape.heads(), columns);
        }
        return LlamaNames.isKey(name)
                ? HeadRows.toPairs(tensor.floats(), shape.keyHeads(), columns)
                : tensor.floats();
    }

    private static double halfSteps(float[] values, GgufTensor stored) {
        float[] read = stored.floats();
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

    private static double half(GgmlType type, float[] values, int from, int block) {
        return switch (type) {
            case F16 ->
                    Math.max(F16_LEAST, F16_HALF * Math.scalb(1.0, Math.getExponent(values[from])));
            case Q8_0 -> {
                float largest = 0;
                for (float value : Arrays.copyOfRange(values, from, from + block)) {
                    largest = Math.max(largest, Math.abs(value));
                }
                double step = (double) largest / LARGEST_CODE;
                yield step / 2 + LARGEST_CODE * Math.max(step * F16_HALF, F16_LEAST);
            }
            default -> 0; // stored as it is: any error is too much
        };
    }
}
