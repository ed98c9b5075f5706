package dev.septet.examples.benchmarks;

import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.method.Qlora;
import java.util.List;

/** The fine-tuning methods of the benchmarks. Adapters have rank 16 on all linear layers. */
public final class Methods {
    private static final List<String> EVERY_LAYER =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
    private static final Lora LORA = new Lora(16, 32, 0, EVERY_LAYER);

    private Methods() {}

    /**
     * The method with this name in the pipeline language; {@code partial} trains the last 4 layers.
     *
     * @throws IllegalArgumentException when no method has this name
     */
    public static Method named(String word) {
        return switch (word) {
            case "lora" -> LORA;
            case "dora" -> new Dora(LORA);
            case "qlora" -> new Qlora(LORA);
            case "full" -> new Full();
            case "partial" -> new Partial(4);
            default -> throw new IllegalArgumentException("no method is named " + word);
        };
    }
}
