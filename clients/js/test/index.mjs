// All tests in one process, one after the other, so that they can share one bridge.
import "./connecting.mjs";
import "./pairing.mjs";
import "./outcomes.mjs";
import "./deciding.mjs";
import "./remembering.mjs";
import "./events.mjs";
import "./losing.mjs";
import "./examples.mjs";
