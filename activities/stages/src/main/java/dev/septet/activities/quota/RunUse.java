package dev.septet.activities.quota;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run used, as its activities recorded it.
 *
 * @param gpuHours hours of slots of training workers, and of GPUs of a cluster's jobs
 * @param tokens tokens of requests to outside services and of their answers
 * @param costs what outside services cost by the operator's prices, by currency; amounts in several currencies have no sum
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record RunUse(double gpuHours, long tokens, Map<String, BigDecimal> costs) {
    /** Nothing was recorded. */
    public static final RunUse NONE = new RunUse(0, 0, Map.of());

    public RunUse {
        costs = costs == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(costs)); // lenient reader
    }

    /** The sum of both. */
    public RunUse plus(RunUse other) {
        Map<String, BigDecimal> sums = new TreeMap<>(costs);
        other.costs.forEach((currency, amount) -> sums.merge(currency, amount, BigDecimal::add));
        return new RunUse(gpuHours + other.gpuHours, tokens + other.tokens, sums);
    }
}
