package dev.septet.examples.driftrates;

import dev.septet.activities.monitor.prompt.EnginePromptReaders;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Measures the monitor of {@code examples/drift-retraining} on streams of support tickets with a
 * known shift, and prints Markdown. The quickstart's base model reads the tickets. Equal arguments
 * print equal numbers. Takes about half an hour on one core.
 */
public final class DriftRates {
    /** Seed of the requests. */
    public static final long SEED = 11;

    private static final int ORDINARY = 6000;
    private static final int SHIFTED = 1000;
    private static final String SHARES = "0,0.4,0.2";

    private DriftRates() {}

    /**
     * Usage: {@code DriftRates [EXAMPLES-FOLDER [STREAMS [SHARES]]]}. SHARES are shares of shifted
     * requests, such as 0.4,0.2; 0 measures no shift.
     */
    public static void main(String[] arguments) throws IOException {
        Path examples = Path.of(arguments.length > 0 ? arguments[0] : "examples");
        int streams = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        MonitorSpec spec = monitor(examples);
        Pool pool = pool(examples);
        RatesTable table = new RatesTable(spec, pool);
        for (String word : (arguments.length > 2 ? arguments[2] : SHARES).split(",", -1)) {
            double share = Double.parseDouble(word);
            System.out.println(
                    share == 0 ? table.calm(Rates.calm(pool, spec, streams)) : table.shifted(share, streams));
        }
    }

    /** The monitor that the example declares. */
    public static MonitorSpec monitor(Path examples) throws IOException {
        Path file = examples.resolve("drift-retraining/pipeline.groovy");
        return Objects.requireNonNull(
                PipelineCompiler.compile(file, Map.of()).spec().orElseThrow().monitor());
    }

    private static Pool pool(Path examples) {
        Path model = examples.resolve("quickstart/base-model");
        try (PromptReader reader = new EnginePromptReaders().open(model, null, Precision.FLOAT32)) {
            return new Pool(SEED, ORDINARY, SHIFTED, reader);
        }
    }
}
