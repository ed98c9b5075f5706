package dev.septet.llm.quantize;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The error and the size of a quantized model, tensor by tensor.
 *
 * @param originalBytes size of the original's tensors
 * @param tensors in the order of the file
 */
public record QuantizationReport(long originalBytes, List<TensorError> tensors) {

    public QuantizationReport {
        tensors = List.copyOf(tensors);
    }

    /** Size of the stored tensors. */
    public long bytes() {
        return tensors.stream().mapToLong(TensorError::bytes).sum();
    }

    /** Compression ratio: the original's size divided by the stored size. */
    public double compression() {
        return (double) originalBytes / bytes();
    }

    /** The tensor with the largest relative error. */
    public Optional<TensorError> worst() {
        return tensors.stream().max(Comparator.comparingDouble(TensorError::relative));
    }
}
