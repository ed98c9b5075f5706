package dev.septet.walls;

import dev.septet.workers.serve.ModelServer;
import java.util.List;

/** The walls of the model server. */
class ServerWallsTest extends ProcessRules {
    ServerWallsTest() {
        super(ModelServer.class);
    }

    @Override
    protected List<String> rooms() {
        return List.of("dev.septet.workers.serve");
    }
}
