package dev.septet.llm.train;

import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.method.Qlora;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method keeps the contract. */
class MethodContractTest {
    @TempDir
    Path temporary;

    static List<Method> methods() {
        Lora stabilized = new Lora(4, 8, 0, Plans.LORA.targets(), true, 4);
        return List.of(new Full(), new Partial(1), Plans.LORA, stabilized, new Dora(Plans.LORA), new Qlora(Plans.LORA));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void holds(Method method) throws IOException {
        new MethodContract(method, temporary).holds();
    }
}
