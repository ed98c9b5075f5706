package dev.septet.examples.e2e;

import java.util.Locale;

/** Pipeline files of the end-to-end tests; NAME is the pipeline's name. */
final class Pipelines {
    private Pipelines() {}

    /** All stages but monitor, a few dozen steps, a checkpoint every ten. */
    static String small(int steps) {
        return String.format(Locale.ROOT, """
        def loraRank = param('lora-rank', 8)
        pipeline('NAME') {
            prepare {
                dataset 'data/tickets.jsonl', format: chat
                split train: 80.percent, validation: 10.percent, test: 10.percent
                maxTokens 384
                heartbeat 10.seconds
            }
            initialize { model 'base-model' }
            setup { seed 11; heartbeat 10.seconds }
            train {
                method lora { rank loraRank; alpha 16 }
                steps %d
                batch size: 8, accumulate: 2
                learningRate cosine(peak: 2e-3, warmup: 5.steps)
                checkpoint every: 10.steps, keep: 2
                validate every: 20.steps
                heartbeat 10.seconds
                retry attempts: 30, backoff: 1.seconds, factor: 1.0
            }
            evaluate {
                metric exactMatch
                metric loss
                limit 24
                maxNewTokens 48
                samples 2
                heartbeat 10.seconds
                retry attempts: 30, backoff: 1.seconds, factor: 1.0
            }
            deploy {
                quantize int8
                target directory('out')
                target ollama('NAME', directory: 'ollama')
                heartbeat 10.seconds
                retry attempts: 30, backoff: 1.seconds, factor: 1.0
            }
        }
        """, steps);
    }

    /** The same, served by Septet itself at a port, and published nowhere else. */
    static String served(int steps, int port) {
        return small(steps)
                .replace("quantize int8\n", "\n")
                .replace("target directory('out')\n", "\n")
                .replace(
                        "target ollama('NAME', directory: 'ollama')",
                        String.format(Locale.ROOT, "target http { port %d }", port));
    }

    /** The same with a watch every second. */
    static String watched(int steps) {
        // Nobody is killed, and a busy machine may pause for longer than 10 seconds.
        String file = small(steps).replace("heartbeat 10.seconds", "heartbeat 60.seconds");
        return file.substring(0, file.lastIndexOf('}')) + """
                    monitor {
                        every 1.seconds
                        log 'audit.jsonl'
                        minimum 60
                        confirm 1
                        drift psi, on: promptLength, above: 0.3
                        drift ks, on: promptTokens, above: 0.35
                        drift perplexity, rise: 50.percent
                        onDrift retrain, cooldown: 1.seconds, budget: 2.perWeek
                    }
                }
                """;
    }

    /** Served, watched every second, and replaced after a trial of some seconds. */
    static String looping(int steps, int port) {
        String file = served(steps, port)
                .replace("peak: 2e-3", "peak: 4e-3")
                .replace("target directory('out')", "")
                .replace("metric exactMatch", "")
                .replace("samples 2", "samples 2; compare champion, tolerance: 50.percent")
                .replace(
                        "deploy {",
                        "deploy { canary 50.percent, hold: 30.seconds, minRequests: 20," + " maxSlower: 1000.percent");
        return file.substring(0, file.lastIndexOf('}')) + """
                    monitor {
                        every 1.seconds
                        minimum 40
                        confirm 1
                        drift psi, on: promptLength, above: 0.5
                        onDrift retrain, cooldown: 1.seconds, budget: 2.perWeek
                    }
                }
                """;
    }
}
