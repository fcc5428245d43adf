// A shared library that is no plugin at all.
extern "C" __attribute__((visibility("default"))) int sentinel_plugin_v0() { return 0; }
