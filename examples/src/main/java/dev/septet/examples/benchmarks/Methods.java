package dev.septet.examples.benchmarks;

import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.method.Qlora;
import java.util.List;

/** The fine-tuning methods as benchmarks have them: adapters of rank 16 on all linear layers. */
public final class Methods {
    private static final List<String> EVERY_LAYER =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
    private static final Lora LORA = new Lora(16, 32, 0, EVERY_LAYER);

    private Methods() {}

    /**
     * By the language's word for it; partial trains the last 4 layers.
     *
     * @throws IllegalArgumentException when none is named so
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
