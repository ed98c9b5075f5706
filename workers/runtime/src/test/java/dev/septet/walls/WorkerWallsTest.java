package dev.septet.walls;

import dev.septet.workers.SeptetPlugin;
import java.util.List;

/** The walls of the worker processes. */
class WorkerWallsTest extends ProcessRules {
    WorkerWallsTest() {
        super(SeptetPlugin.class);
    }

    @Override
    protected List<String> rooms() {
        return List.of("dev.septet.workers");
    }
}
