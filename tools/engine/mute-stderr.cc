// A Node addon with two functions: mute() sends file descriptor 2 nowhere, unmute() gives it back.
// TensorFlow writes a line there while its library is being mapped, before it has read any setting.
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

namespace {

int kept = -1;

napi_value Mute(napi_env, napi_callback_info) {
  if (kept >= 0) return nullptr;
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return nullptr;
  kept = fcntl(2, F_DUPFD_CLOEXEC, 3);
  if (kept >= 0) dup2(nowhere, 2);
  close(nowhere);
  return nullptr;
}

napi_value Unmute(napi_env, napi_callback_info) {
  if (kept < 0) return nullptr;
  dup2(kept, 2);
  close(kept);
  kept = -1;
  return nullptr;
}

void Add(napi_env env, napi_value exports, const char* name, napi_callback f) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, f, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(
    napi_env env, napi_value exports) {
  Add(env, exports, "mute", Mute);
  Add(env, exports, "unmute", Unmute);
  return exports;
}
