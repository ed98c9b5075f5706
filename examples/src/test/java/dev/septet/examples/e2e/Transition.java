package dev.septet.examples.e2e;

/** Where the loop passes from one state into the next. */
enum Transition {
    /** A look's finding is in the monitor's history; nobody has acted on it yet. */
    DRIFT_DETECTED,
    /** The server has been told to start the run that makes a successor. */
    RETRAINING_STARTED,
    /** The evaluation is over and said yes; nothing is published yet. */
    GATE_PASSED,
    /** The route gives the successor its share; who wrote that has not reported it yet. */
    CANARY_STARTED,
    /** A first look at live answers of the successor is over. */
    HELD,
    /** The route names one model again; aliases and reports follow only now. */
    PROMOTED_OR_ROLLED_BACK
}
