package dev.septet.examples.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The real transformers and peft, in the Python environment that {@code .ci/python-env} makes. */
final class Peft {
    private Peft() {}

    /**
     * Logits of the token after each row, by base model and adapter as peft loads them.
     *
     * @return one vector of vocabulary size per row
     */
    static List<double[]> lastLogits(Path base, Path adapter, List<int[]> rows) throws Exception {
        ObjectNode request = SpecJson.mapper().createObjectNode();
        request.put("base", base.toString());
        request.put("adapter", adapter.toString());
        return logits(request, rows);
    }

    /**
     * The same of a repository as the Hub has it: its merged model, or the adapter in it over a
     * base model.
     */
    static List<double[]> repositoryLogits(Path repository, @Nullable Path base, List<int[]> rows) throws Exception {
        ObjectNode request = SpecJson.mapper().createObjectNode();
        request.put("base", (base == null ? repository : base).toString());
        if (base != null) {
            request.put("adapter", repository.toString());
            request.put("subfolder", "adapter");
        }
        return logits(request, rows);
    }

    private static List<double[]> logits(ObjectNode request, List<int[]> rows) throws Exception {
        request.set("rows", SpecJson.mapper().valueToTree(rows));
        Path input = Files.createTempFile("peft", ".json");
        Files.writeString(input, SpecJson.mapper().writeValueAsString(request));

        Shell.Said said = Shell.run(
                Workspace.CHECKOUT,
                Map.of("HF_HUB_OFFLINE", "1"),
                List.of(
                        Python.interpreter(),
                        Path.of("src/test/python/peft_logits.py")
                                .toAbsolutePath()
                                .toString(),
                        input.toString()),
                300);
        if (said.status() != 0) {
            throw new AssertionError("peft refused the adapter: " + said.all());
        }
        List<double[]> logits = new ArrayList<>();
        for (JsonNode row : SpecJson.mapper().readTree(said.out())) {
            double[] values = new double[row.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = row.get(i).asDouble();
            }
            logits.add(values);
        }
        return logits;
    }
}
