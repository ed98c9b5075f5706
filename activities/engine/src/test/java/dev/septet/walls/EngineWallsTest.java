package dev.septet.walls;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.sandbox.SandboxProbe;
import dev.septet.llm.sandbox.SandboxedConversion;
import java.util.List;

/** The walls of the engine. That it knows neither Temporal nor stages, the compiler checks. */
class EngineWallsTest extends RoomRules {
    EngineWallsTest() {
        super(ModelConfig.class);
    }

    @Override
    protected List<String> rooms() {
        return List.of("dev.septet.llm");
    }

    @Override
    protected List<String> withoutCircles() {
        return List.of("dev.septet", "dev.septet.llm");
    }

    /** A process of its own, whose parent reads what it writes. */
    @Override
    protected DescribedPredicate<JavaClass> printing() {
        return type(SandboxProbe.class).or(type(SandboxedConversion.class));
    }
}
