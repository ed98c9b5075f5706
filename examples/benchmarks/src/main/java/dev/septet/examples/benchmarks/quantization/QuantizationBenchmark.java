package dev.septet.examples.benchmarks.quantization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.examples.benchmarks.BenchmarkModel;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.quantize.Divergence;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Exports a model in the GGUF quantization types. For each file it compares the predictions of
 * Septet and of llama.cpp with Septet's predictions in float32.
 */
public final class QuantizationBenchmark {
    private static final int CONVERSATIONS = 6;
    private static final List<GgufForm> FORMS = List.of(GgufForm.F16, GgufForm.Q8_0, GgufForm.Q4_K_M, GgufForm.Q4_0);

    private final List<int[]> rows;
    private final LlamaCppLogits judge;
    private final Path temporary;

    private QuantizationBenchmark(List<int[]> rows, LlamaCppLogits judge, Path temporary) {
        this.rows = rows;
        this.judge = judge;
        this.temporary = temporary;
    }

    /** Usage: {@code QuantizationBenchmark MODEL.gguf CONVERSATIONS.jsonl PYTHON SCRIPT}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = BenchmarkModel.folder(arguments[0]);
        LlamaCppLogits judge = new LlamaCppLogits(Path.of(arguments[2]), Path.of(arguments[3]));
        Path temporary = Files.createTempDirectory("septet-benchmark");
        try {
            List<int[]> rows = rows(folder, Path.of(arguments[1]));
            new QuantizationBenchmark(rows, judge, temporary).print(folder);
        } finally {
            remove(temporary);
        }
    }

    /** Complete conversations from all parts of the file, as tokens. */
    private static List<int[]> rows(Path folder, Path conversations) throws IOException {
        List<String> lines = Files.readAllLines(conversations);
        List<int[]> rows = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            for (int i = 0; i < CONVERSATIONS; i++) {
                List<ChatMessage> messages = new ArrayList<>();
                JsonNode line = new ObjectMapper().readTree(lines.get(i * lines.size() / CONVERSATIONS));
                for (JsonNode turn : line.path("messages")) {
                    messages.add(new ChatMessage(
                            turn.path("role").asText(), turn.path("content").asText()));
                }
                String text = ChatTemplate.of(folder).render(messages, false);
                rows.add(tokenizer.encodeTemplate(text));
            }
        }
        return rows;
    }

    private void print(Path folder) throws IOException, InterruptedException {
        List<float[]> exact = logits(folder);
        System.out.println("Over " + exact.size() + " tokens; nats.\n");
        System.out.println(
                "| form | MB | Septet: mean | 99 % | same token | llama.cpp: mean | 99 % | same" + " token |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (GgufForm form : FORMS) {
            Path gguf = temporary.resolve("model.gguf");
            GgufExport.write(ModelFolder.open(folder), gguf, "model", form);
            Path back = temporary.resolve(form.word());
            GgufImport.write(gguf, back, ElementType.F32);
            Divergence ours = Divergence.of(exact, logits(back));
            remove(back);
            Divergence theirs = Divergence.of(exact, judge.of(gguf, rows, temporary));
            System.out.printf(
                    Locale.ROOT, "| %s | %.1f | %s | %s |%n", form, Files.size(gguf) / 1e6, cells(ours), cells(theirs));
        }
    }

    private static String cells(Divergence one) {
        return String.format(Locale.ROOT, "%.2g | %.2g | %.1f %%", one.mean(), one.tail(), 100 * one.agreement());
    }

    private List<float[]> logits(Path folder) {
        List<float[]> all = new ArrayList<>();
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty())) {
            for (int[] row : rows) {
                all.addAll(List.of(model.logits(row)));
            }
        }
        return all;
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
