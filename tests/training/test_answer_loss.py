"""The loss on answers: equal to cross entropy over all logits, with its gradients, and small in memory."""

import copy

import pytest
import torch
from small_models import CONFIGS, VOCABULARY, small_model
from torch import nn
from torch.nn import functional

from workflowllm.training.loss import IGNORED, chunked_loss, use_answer_loss

CLOSE = {"rtol": 0, "atol": 1e-5}


def batch(rows=2, length=23, seed=0):
    """Ids, and labels on about a third of them, in two stretches, the first position never."""
    made = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, VOCABULARY, (rows, length), generator=made)
    labels = torch.full_like(ids, IGNORED)
    labels[:, 5:9] = ids[:, 5:9]
    labels[0, length - 4 :] = ids[0, length - 4 :]
    return ids, labels


def full_loss(model, ids, labels, num_items=None):
    """By all logits and torch's own cross entropy, each position predicting the label after it."""
    logits = model(input_ids=ids).logits[:, :-1].reshape(-1, VOCABULARY)
    total = functional.cross_entropy(logits, labels[:, 1:].reshape(-1), reduction="sum", ignore_index=IGNORED)
    return total / (num_items or (labels[:, 1:] != IGNORED).sum())


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("chunk", [1, 3, 1024])
@pytest.mark.parametrize("num_items", [None, 40])
def test_loss_and_gradients_are_those_of_all_logits(name, chunk, num_items):
    plain, ours = small_model(name), use_answer_loss(small_model(name), chunk)
    ids, labels = batch()
    expected = full_loss(plain, ids, labels, num_items)
    given = {} if num_items is None else {"num_items_in_batch": torch.tensor(num_items)}
    found = ours(input_ids=ids, labels=labels, use_cache=True, return_dict=False, **given)  # neither matters
    assert found.logits is None
    torch.testing.assert_close(found.loss, expected, **CLOSE)
    expected.backward()
    found.loss.backward()
    for (parameter, one), other in zip(plain.named_parameters(), ours.parameters(), strict=True):
        torch.testing.assert_close(other.grad, one.grad, **CLOSE, msg=lambda text, name=parameter: f"{name}: {text}")


@pytest.mark.parametrize("name", ["llama", "tied", "capped"])
def test_transformers_own_loss_is_the_same(name):
    ids, labels = batch()
    expected = small_model(name)(input_ids=ids, labels=labels).loss
    torch.testing.assert_close(use_answer_loss(small_model(name))(input_ids=ids, labels=labels).loss, expected, **CLOSE)


def test_a_head_with_a_bias():
    head, states = nn.Linear(8, 11), torch.randn(1, 7, 8, requires_grad=True)
    following = torch.tensor([[1, IGNORED, 3, 4, IGNORED, 10, 0]])
    other_states, other_head = states.detach().clone().requires_grad_(), copy.deepcopy(head)
    found = chunked_loss(head, states, following, 2)
    expected = functional.cross_entropy(other_head(other_states)[0], following[0], reduction="sum")
    found.backward()
    expected.backward()
    torch.testing.assert_close(found, expected, **CLOSE)
    torch.testing.assert_close(head.bias.grad, other_head.bias.grad, **CLOSE)
    torch.testing.assert_close(head.weight.grad, other_head.weight.grad, **CLOSE)
    torch.testing.assert_close(states.grad, other_states.grad, **CLOSE)


def test_huge_logits_do_not_overflow():
    head = nn.Linear(4, 5, bias=False)
    head.weight.data *= 1e20
    states = torch.randn(1, 3, 4)
    following = torch.tensor([[0, 1, 2]])
    found = chunked_loss(head, states, following, 2)
    expected = functional.cross_entropy(head(states)[0], following[0], reduction="sum")
    assert torch.isfinite(found)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=0)


def test_a_frozen_head_gets_no_gradient_and_the_rest_does():
    plain, ours = small_model("llama"), use_answer_loss(small_model("llama"), 3)
    ids, labels = batch()
    for model in (plain, ours):
        model.lm_head.weight.requires_grad_(False)
    full_loss(plain, ids, labels).backward()
    ours(input_ids=ids, labels=labels).loss.backward()
    assert ours.lm_head.weight.grad is None
    torch.testing.assert_close(ours.model.embed_tokens.weight.grad, plain.model.embed_tokens.weight.grad, **CLOSE)


def test_a_row_without_labels_has_loss_0_and_zero_gradients():
    model = use_answer_loss(small_model("tied"))
    ids = torch.tensor([[5]])
    loss = model(input_ids=ids, labels=torch.full_like(ids, IGNORED), num_items_in_batch=7).loss
    assert loss.item() == 0
    loss.backward()
    assert all(one.grad is None or not one.grad.any() for one in model.parameters())
    assert model.model.layers[0].mlp.up_proj.weight.grad is not None  # a rank with nothing to do still takes part


def test_a_capped_row_without_labels_too():
    model = use_answer_loss(small_model("capped"))
    loss = model(input_ids=torch.tensor([[5]]), labels=torch.tensor([[IGNORED]])).loss
    loss.backward()
    assert loss.item() == 0


@pytest.mark.parametrize("name", ["llama", "capped"])
def test_without_labels_the_model_answers_as_before(name):
    plain, ours = small_model(name).eval(), use_answer_loss(small_model(name)).eval()
    ids, _ = batch(1)
    torch.testing.assert_close(ours(input_ids=ids).logits, plain(input_ids=ids).logits, rtol=0, atol=0)
    generate = {"max_new_tokens": 5, "do_sample": False, "pad_token_id": 0}
    assert ours.generate(ids, **generate).tolist() == plain.generate(ids, **generate).tolist()


@pytest.mark.parametrize("name", ["llama", "tied"])
def test_what_is_saved_is_the_plain_model(name, tmp_path):
    plain, ours = small_model(name), use_answer_loss(small_model(name))
    assert ours.state_dict().keys() == plain.state_dict().keys()
    ours.save_pretrained(tmp_path)
    loaded = type(plain).from_pretrained(tmp_path, attn_implementation="eager")
    ids, _ = batch()
    torch.testing.assert_close(loaded(input_ids=ids).logits, plain(input_ids=ids).logits, rtol=0, atol=0)
    assert "forward" not in vars(loaded)


def test_gradient_checkpointing_changes_nothing():
    plain, ours = small_model("llama"), use_answer_loss(small_model("llama"), 3)
    ours.activation_checkpointing_enable()
    ours.train()
    ids, labels = batch()
    full_loss(plain, ids, labels).backward()
    ours(input_ids=ids, labels=labels).loss.backward()
    torch.testing.assert_close(ours.lm_head.weight.grad, plain.lm_head.weight.grad, **CLOSE)
    first = "layers.0.self_attn.q_proj.weight"
    torch.testing.assert_close(ours.model.get_parameter(first).grad, plain.model.get_parameter(first).grad, **CLOSE)


def test_an_adapter_over_the_head_counts():
    """LoRA on the head after `use_answer_loss`: its weights must matter and learn."""
    peft = pytest.importorskip("peft")
    config = peft.LoraConfig(target_modules=["lm_head", "q_proj"], r=2, lora_alpha=64, init_lora_weights=False)
    model = peft.get_peft_model(use_answer_loss(small_model("llama")), config).eval()
    ids, labels = batch()
    loss = model(input_ids=ids, labels=labels).loss
    torch.testing.assert_close(loss, full_loss(model, ids, labels), **CLOSE)
    loss.backward()
    learning = [name for name, one in model.named_parameters() if one.grad is not None and one.grad.any()]
    assert any("lm_head.lora_B" in name for name in learning)


def test_bfloat16_is_close_to_float32():
    """Gradients of the head are summed over chunks in float32: 300 of them lose no more than one product does."""
    torch.manual_seed(0)
    head, states = nn.Linear(16, 50, bias=False), torch.randn(1, 300, 16)
    following = torch.randint(0, 50, (1, 300))
    chunked_loss(head, states, following).backward()
    low = copy.deepcopy(head).bfloat16()
    low.weight.grad = None
    chunked_loss(low, states.bfloat16(), following, 1).backward()
    expected = head.weight.grad
    assert (low.weight.grad.float() - expected).norm() < 0.01 * expected.norm()


def test_under_autocast_the_weights_stay_float32():
    ours = use_answer_loss(small_model("tied"), 3)
    ids, labels = batch()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = ours(input_ids=ids, labels=labels).loss
    loss.backward()
    assert loss.dtype == torch.float32
    expected = full_loss(small_model("tied"), ids, labels)
    torch.testing.assert_close(loss, expected, rtol=0.02, atol=0)


class Largest:
    """The largest tensor that any operation makes, in elements."""

    def __enter__(self):
        from torch.utils._python_dispatch import TorchDispatchMode

        largest = self
        self.elements = 0

        class Watch(TorchDispatchMode):
            def __torch_dispatch__(self, function, types, arguments=(), settings=None):
                made = function(*arguments, **(settings or {}))
                for one in made if isinstance(made, (tuple, list)) else [made]:
                    if isinstance(one, torch.Tensor):
                        largest.elements = max(largest.elements, one.numel())
                return made

        self._watch = Watch()
        self._watch.__enter__()
        return self

    def __exit__(self, *failure):
        self._watch.__exit__(*failure)


def test_no_tensor_grows_with_the_number_of_labels_times_the_vocabulary():
    head, states = nn.Linear(4, 1000, bias=False), torch.randn(1, 640, 4, requires_grad=True)
    following = torch.arange(640)[None]
    with Largest() as all_at_once:
        functional.cross_entropy(head(states)[0], following[0]).backward()
    with Largest() as chunked:
        chunked_loss(head, states, following, 8).backward()
    assert all_at_once.elements == 640 * 1000
    assert chunked.elements == 8 * 1000
