// An emulated CUDA card for libtorch's CPU build: tensors of the device cuda:0 are in host memory, and their operators
// are computed by the CPU's kernels. As on a real card, an operator refuses tensors of different devices. It exists for
// tests on machines without a card. It computes nothing that a card computes, and says nothing about a card's speed.
//   septet_card_limit(bytes)      size of the card's memory; allocations above it fail with CUDA's message
//   septet_card_full_after(names) after the next calls of these operators, in this order, allocations fail; names are
//                                 separated by spaces
//   septet_card_peak()            largest number of bytes in use since the start
//   septet_card_operators()       names of all operators that ran on the card, separated by line feeds; a name ends with
//                                 "(integers)" if none of the operator's tensors had floating-point numbers

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/resize_native.h>
#include <ATen/ops/set_native.h>
#include <ATen/ops/unfold_native.h>
#include <ATen/ops/view_native.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

namespace {

std::atomic<int64_t> limit{int64_t(1) << 40};
std::atomic<int64_t> used{0};
std::atomic<int64_t> peak{0};
std::mutex lock;
std::set<std::string> operators;
std::string full_after;
std::unordered_map<void*, int64_t> sizes;

void release(void* data) {
  std::lock_guard<std::mutex> guard(lock);
  auto found = sizes.find(data);
  if (found != sizes.end()) {
    used -= found->second;
    sizes.erase(found);
  }
  std::free(data);
}

struct CardAllocator final : at::Allocator {
  at::DataPtr allocate(size_t size) override {
    const at::Device device(at::kCUDA, 0);
    if (size == 0) {
      return {nullptr, nullptr, &release, device};
    }
    const auto bytes = static_cast<int64_t>(size);
    TORCH_CHECK_WITH(
        OutOfMemoryError,
        used + bytes <= limit,
        "CUDA out of memory. Tried to allocate ",
        bytes >> 20,
        ".00 MiB. GPU 0 has a total capacity of ",
        limit >> 20,
        ".00 MiB of which ",
        (limit - used) >> 20,
        ".00 MiB is free.");
    void* data = nullptr;
    TORCH_CHECK(posix_memalign(&data, 512, size) == 0, "no host memory for the emulated card");
    std::memset(data, 0xff, size);  // what is read before it is written becomes NaN
    std::lock_guard<std::mutex> guard(lock);
    sizes[data] = bytes;
    used += bytes;
    peak = std::max(peak.load(), used.load());
    return {data, data, &release, device};
  }

  at::DeleterFnPtr raw_deleter() const override {
    return &release;
  }

  void copy_data(void* to, const void* from, std::size_t count) const override {
    default_copy_data(to, from, count);
  }
};

CardAllocator allocator;
REGISTER_ALLOCATOR(at::kCUDA, &allocator)

const c10::Stream STREAM(c10::Stream::DEFAULT, at::Device(at::kCUDA, 0));

struct CardGuard final : c10::impl::DeviceGuardImplInterface {
  at::DeviceType type() const override {
    return at::kCUDA;
  }
  at::Device exchangeDevice(at::Device) const override {
    return at::Device(at::kCUDA, 0);
  }
  at::Device getDevice() const override {
    return at::Device(at::kCUDA, 0);
  }
  void setDevice(at::Device) const override {}
  void uncheckedSetDevice(at::Device) const noexcept override {}
  c10::Stream getStream(at::Device) const override {
    return STREAM;
  }
  c10::Stream getDefaultStream(at::Device) const override {
    return STREAM;
  }
  c10::Stream exchangeStream(c10::Stream) const override {
    return STREAM;
  }
  at::DeviceIndex deviceCount() const noexcept override {
    return 1;
  }
  void record(void**, const c10::Stream&, const at::DeviceIndex, const c10::EventFlag) const override {}
  void block(void*, const c10::Stream&) const override {}
  bool queryEvent(void*) const override {
    return true;
  }
  bool queryStream(const c10::Stream&) const override {
    return true;
  }
  void synchronizeStream(const c10::Stream&) const override {}
};

C10_REGISTER_GUARD_IMPL(CUDA, CardGuard)

/** The same memory as a tensor of the CPU. */
at::Tensor host(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.is_cuda()) {
    return tensor;
  }
  return at::from_blob(
      tensor.data_ptr(),
      tensor.sizes(),
      tensor.strides(),
      [tensor](void*) {},
      at::TensorOptions().dtype(tensor.dtype()).device(at::kCPU));
}

at::Tensor empty(
    c10::IntArrayRef size,
    std::optional<at::ScalarType> type,
    std::optional<at::Layout>,
    std::optional<at::Device>,
    std::optional<bool>,
    std::optional<at::MemoryFormat> format) {
  constexpr c10::DispatchKeySet keys(c10::DispatchKey::CUDA);
  return at::detail::empty_generic(size, &allocator, keys, c10::dtype_or_default(type), format);
}

at::Tensor empty_strided(
    c10::IntArrayRef size,
    c10::IntArrayRef stride,
    std::optional<at::ScalarType> type,
    std::optional<at::Layout>,
    std::optional<at::Device>,
    std::optional<bool>) {
  constexpr c10::DispatchKeySet keys(c10::DispatchKey::CUDA);
  return at::detail::empty_strided_generic(size, stride, &allocator, keys, c10::dtype_or_default(type));
}

at::Tensor& copy_(at::Tensor& self, const at::Tensor& source, bool) {
  host(self).copy_(host(source));
  return self;
}

at::Tensor copy_from_and_resize(const at::Tensor& source, const at::Tensor& to) {
  if (to.sizes() != source.sizes()) {
    to.resize_(source.sizes());
  }
  host(to).copy_(host(source));
  return to;
}

at::Tensor copy_from(const at::Tensor& source, const at::Tensor& to, bool) {
  host(to).copy_(host(source));
  return to;
}

/** Computes an operator on the CPU, after CUDA's check that all its tensors are on the card. */
void compute(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const auto& name = op.schema().name();
  bool card = false;
  bool cpu = false;
  bool floats = false;
  const auto see = [&](const at::Tensor& tensor) {
    if (!tensor.defined()) {
      return;
    }
    card |= tensor.is_cuda();
    floats |= tensor.is_floating_point();
    cpu |= tensor.is_cpu() && !tensor.unsafeGetTensorImpl()->is_wrapped_number();
  };
  for (const auto& argument : torch::jit::last(*stack, op.schema().arguments().size())) {
    if (argument.isTensor()) {
      see(argument.toTensor());
    } else if (argument.isList()) {
      for (const c10::IValue& element : argument.toListRef()) {
        if (element.isTensor()) {
          see(element.toTensor());
        }
      }
    }
  }
  TORCH_CHECK(
      !(card && cpu),
      "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu! (operator ",
      name,
      ")");
  {
    std::lock_guard<std::mutex> guard(lock);
    operators.insert(floats ? name : name + "(integers)");
  }
  // Lists of indices are the only arguments that libtorch's fallback does not copy to the CPU.
  const size_t count = op.schema().arguments().size();
  for (size_t i = 0; i < count; i++) {
    c10::IValue& argument = torch::jit::peek(*stack, i, count);
    if (argument.isList() && !argument.isTensorList()) {
      c10::List<std::optional<at::Tensor>> indices;
      for (const c10::IValue& element : argument.toListRef()) {
        if (element.isTensor()) {
          indices.push_back(host(element.toTensor()));
        } else if (element.isNone()) {
          indices.push_back(std::nullopt);
        }
      }
      if (!indices.empty()) {
        argument = c10::IValue(indices);
      }
    }
  }
  at::native::cpu_fallback(op, stack);
  std::lock_guard<std::mutex> guard(lock);
  const std::string next = full_after.substr(0, full_after.find(' '));
  if (name == next) {
    full_after.erase(0, next.size() + 1);
    if (full_after.empty()) {
      limit = 0;
    }
  }
}

}  // namespace

namespace at {

struct CardHooks : CUDAHooksInterface {
  explicit CardHooks(CUDAHooksArgs) {}
  void init() const override {}
  bool isBuilt() const override {
    return true;
  }
  bool isAvailable() const override {
    return true;
  }
  bool hasCUDA() const override {
    return true;
  }
  bool hasPrimaryContext(DeviceIndex) const override {
    return true;
  }
  DeviceIndex current_device() const override {
    return 0;
  }
  int getNumGPUs() const override {
    return 1;
  }
  DeviceIndex deviceCount() const override {
    return 1;
  }
  DeviceIndex getCurrentDevice() const override {
    return 0;
  }
  DeviceIndex exchangeDevice(DeviceIndex) const override {
    return 0;
  }
  DeviceIndex maybeExchangeDevice(DeviceIndex) const override {
    return 0;
  }
  void setCurrentDevice(DeviceIndex) const override {}
  void deviceSynchronize(DeviceIndex) const override {}
  Device getDeviceFromPtr(void*) const override {
    return Device(kCUDA, 0);
  }
};

C10_REGISTER_TYPED_CLASS(CUDAHooksRegistry, "CUDAHooks", CardHooks)

}  // namespace at

TORCH_LIBRARY_IMPL(aten, CUDA, m) {
  m.impl("empty.memory_format", &empty);
  m.impl("empty_strided", &empty_strided);
  m.impl("copy_", &copy_);
  m.impl("_copy_from", &copy_from);
  m.impl("_copy_from_and_resize", &copy_from_and_resize);
  m.impl("as_strided", &at::native::as_strided_tensorimpl);
  m.impl("view", &at::native::view);
  m.impl("_reshape_alias", &at::native::_reshape_alias);
  m.impl("unfold", &at::native::unfold);
  m.impl("resize_", &at::native::resize_);
}

TORCH_LIBRARY_IMPL(_, CUDA, m) {
  m.fallback(torch::CppFunction::makeFromBoxedFunction<&compute>());
}

extern "C" void septet_card_limit(int64_t bytes) {
  limit = bytes;
}

extern "C" void septet_card_full_after(const char* name) {
  std::lock_guard<std::mutex> guard(lock);
  full_after = name;
}

extern "C" int64_t septet_card_used() {
  return used;
}

extern "C" int64_t septet_card_peak() {
  return peak;
}

extern "C" const char* septet_card_operators() {
  std::lock_guard<std::mutex> guard(lock);
  static std::string text;
  text.clear();
  for (const std::string& name : operators) {
    text += name + "\n";
  }
  return text.c_str();
}
