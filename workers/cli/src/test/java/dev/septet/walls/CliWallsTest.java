package dev.septet.walls;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import dev.septet.workers.cli.Septet;
import java.util.List;

/** The walls of the command line. */
class CliWallsTest extends ProcessRules {
    CliWallsTest() {
        super(Septet.class);
    }

    @Override
    protected List<String> rooms() {
        return List.of("dev.septet.workers.cli");
    }

    @Override
    protected DescribedPredicate<JavaClass> printing() {
        return DescribedPredicate.alwaysTrue();
    }
}
