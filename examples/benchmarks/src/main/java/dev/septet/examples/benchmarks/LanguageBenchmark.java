package dev.septet.examples.benchmarks;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.expression.Expression;
import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.expression.RowFields;
import dev.septet.dsl.expression.Shape;
import dev.septet.dsl.pipeline.ExpressionSpec;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Measures the pipeline language's speed on one core: time from process start to the first result,
 * files per second and expressions per second. For each it prints the median and the best of its
 * rounds.
 */
public final class LanguageBenchmark {
    private static final int ROUNDS = 5;

    private LanguageBenchmark() {}

    /** Prints the figures. */
    public static void main(String[] arguments) {
        String file = file();
        Compilation first = compile(file);
        long sinceStart = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        if (!first.problems().isEmpty()) {
            throw new IllegalStateException(first.printed());
        }
        System.out.printf(Locale.ROOT, "first file of a new process: %d ms after its start%n", sinceStart);
        measure("files of " + file.lines().count() + " lines", 10, times -> {
            int good = 0;
            for (int i = 0; i < times; i++) {
                good += compile(file).problems().size();
            }
            return good;
        });
        for (String text : new String[] {
            "row.answer.length() > 20 && row.language == 'en'",
            "row.answer.trim().toLowerCase().contains('refund')",
            "row.answer =~ '(?i)\\b(please|thank you)\\b'"
        }) {
            expression(text);
        }
    }

    private static void expression(String text) {
        Expression expression =
                Expression.of(new ExpressionSpec(text, "benchmark.groovy", 1, 1), Shape.of(RequiredResult.TRUTH));
        RowFields[] rows = new RowFields[64];
        for (int i = 0; i < rows.length; i++) {
            String answer = String.format(Locale.ROOT, "Answer %d: we looked at your order, and will send it.", i);
            String language = i % 2 == 0 ? "en" : "de";
            rows[i] = name -> name.equals("answer") ? answer : language;
        }
        measure("rows of { " + text + " }", 200_000, times -> {
            int kept = 0;
            for (int i = 0; i < times; i++) {
                kept += expression.truth(rows[i % rows.length]) ? 1 : 0;
            }
            return kept;
        });
    }

    private static void measure(String what, int times, IntUnaryOperator work) {
        double[] rates = new double[ROUNDS];
        int result = 0;
        for (int round = -3; round < ROUNDS; round++) {
            long start = System.nanoTime();
            result += work.applyAsInt(times);
            if (round >= 0) { // earlier rounds are warm-up
                rates[round] = times / ((System.nanoTime() - start) / 1e9);
            }
        }
        Arrays.sort(rates);
        System.out.printf(
                Locale.ROOT,
                "%,.0f a second (best %,.0f): %s [%d]%n",
                rates[ROUNDS / 2],
                rates[ROUNDS - 1],
                what,
                result);
    }

    private static Compilation compile(String text) {
        return PipelineCompiler.compile(PipelineSource.of("benchmark.groovy", text), Map.of());
    }

    /** A pipeline file of about fifty lines with most words of the language. */
    private static String file() {
        var text = new StringBuilder("""
            def least = param('least', 20)

            pipeline('benchmark') {
                description 'A long one'
                schedule cron: '0 2 * * SUN', timezone: 'UTC'
                prepare {
                    dataset 'data/rows.jsonl', format: chat
            """);
        for (int i = 0; i < 4; i++) {
            text.append(String.format(
                    Locale.ROOT, "        filter { row.answer.length() > least + %d && row.a != 'x' }%n", i));
        }
        text.append("""
                    redact email, phone
                    deduplicate exact
                    split train: 80.percent, validation: 10.percent, test: 10.percent
                    maxTokens 512
                }
                initialize {
                    model 'models/base'
                    freeze layers: 0..3
                }
                setup {
                    precision bf16
                    seed 42
                }
                train {
                    method lora {
                        rank 16
                        dropout 0.05
                    }
                    epochs 3
                    batch size: 8, accumulate: 4
                    learningRate cosine(peak: 2e-4, warmup: 100.steps)
                    checkpoint every: 200.steps, keep: 3
                    timeout 6.hours
                }
                evaluate {
                    metric perplexity, below: 12.0
                    score('brief', above: 0.9) { row.answer.length() < 200 }
                }
                deploy {
                    target http { port 8080 }
                }
                monitor {
                    every 6.hours
                    drift psi, on: promptLength, above: 0.2
                }
            }
            """);
        return text.toString();
    }
}
