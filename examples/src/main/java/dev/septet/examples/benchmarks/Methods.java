package dev.septet.examples.benchmarks;

import dev.septet.llm.adapter.Dora;
import dev.septet.llm.adapter.Full;
import dev.septet.llm.adapter.Lora;
import dev.septet.llm.adapter.Method;
import dev.septet.llm.adapter.Partial;
import dev.septet.llm.adapter.Qlora;
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
