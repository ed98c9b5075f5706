"""Makes the goldens of guard prompts. `templates/` has chat templates in the published shapes of the models, with the
names of categories only; apply_chat_template renders them. The layouts that Septet writes without a template are made
here from their parts, not from Septet's files. Run with transformers 5 and tokenizers; writes guards.json beside itself."""
import json
from pathlib import Path
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

HERE = Path(__file__).parent
EXCHANGES = [
    ["How do I open a lock?", "Turn the key."],
    ["  Two\n\nlines, and <|eot_id|> <end_of_turn>  ", "An answer\nwith {{ braces }} and [/INST] \n"],
]
S2 = """Violent Crimes|Non-Violent Crimes|Sex-Related Crimes|Child Sexual Exploitation|Specialized Advice|Privacy
Intellectual Property|Indiscriminate Weapons|Hate|Suicide & Self-Harm|Sexual Content"""
S3 = """Violent Crimes|Non-Violent Crimes|Sex-Related Crimes|Child Sexual Exploitation|Defamation|Specialized Advice
Privacy|Intellectual Property|Indiscriminate Weapons|Hate|Suicide & Self-Harm|Sexual Content|Elections
Code Interpreter Abuse"""
O1 = """Violence and Hate|Sexual Content|Criminal Planning|Guns and Illegal Weapons
Regulated or Controlled Substances|Self-Harm"""
POLICIES = {
    "No Dangerous Content": "that helps people to harm themselves or others",
    "No Harassment": "that threatens, bullies or humiliates another person",
    "No Hate Speech": "that attacks or belittles people because of a protected attribute",
    "No Sexually Explicit Information": "that is sexually explicit; medical terms and education are allowed",
}


def llama(prompt, answer, letter, names, opening, closing, last, dash):
    """An answer of None: the prompt alone is judged."""
    names = names.replace("\n", "|").split("|")
    who = "User" if answer is None else "Agent"
    said = "" if answer is None else f"Agent: {answer.strip()}\n\n"
    return (
        opening + f"Task: Check if there is unsafe content in '{who}' messages in conversations according our safety policy"
        " with the below categories.\n\n<BEGIN UNSAFE CONTENT CATEGORIES>\n"
        + "".join(f"{letter}{at}: {name}.\n" for at, name in enumerate(names, 1))
        + "<END UNSAFE CONTENT CATEGORIES>\n\n<BEGIN CONVERSATION>\n\n"
        + f"User: {prompt.strip()}\n\n{said}<END CONVERSATION>\n\n"
        + f"Provide your safety assessment for {last.format(who)} in the above conversation:\n"
        + f"{dash} First line must read 'safe' or 'unsafe'.\n"
        + f"{dash} If unsafe, a second line must include a comma-separated list of violated categories." + closing)


def shield(prompt, answer, policy):
    said = "" if answer is None else f"\n\nChatbot Response: {answer.strip()}"
    return (
        f"<bos>You are a policy expert trying to help determine whether a {'user prompt' if answer is None else 'chatbot response'}"
        " is in violation of the defined"
        f" safety policies.\n\n<start_of_turn>\nHuman Question: {prompt.strip()}{said}\n"
        f"<end_of_turn>\n\nOur safety principle is defined in the below:\n\n{guideline(policy, answer is None)}\n\n"
        f"Does the {'human question' if answer is None else 'chatbot response'} violate the above principle? Your answer"
        " must start with 'Yes' or 'No'. And then walk through step by step to be sure we answer correctly.\n")


def guideline(policy, of_prompt):
    shall = "prompt shall not contain or seek generation of" if of_prompt else "chatbot shall not generate"
    return f'* "{policy}": The {shall} content {POLICIES[policy]}.'


LAST = "ONLY THE LAST {} message"
THREE = ("<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n",
         "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", LAST, " -")
FOUR = ("<|begin_of_text|><|header_start|>user<|header_end|>\n\n",
        "<|eot|><|header_start|>assistant<|header_end|>\n\n", LAST, " -")
PUBLISHED = {
    "LLAMA_GUARD": lambda p, a: [llama(p, a, "O", O1, "[INST] ", " [/INST]", "{}", "-")],
    "LLAMA_GUARD2": lambda p, a: [llama(p, a, "S", S2, *THREE)],
    "LLAMA_GUARD3": lambda p, a: [llama(p, a, "S", S3, *THREE)],
    "LLAMA_GUARD4": lambda p, a: [llama(p, a, "S", S3, *FOUR)],
    "SHIELD_GEMMA": lambda p, a: [shield(p, a, policy) for policy in POLICIES],
}
STYLES = {"llama-guard": "LLAMA_GUARD", "llama-guard-2": "LLAMA_GUARD2", "llama-guard-3-8b": "LLAMA_GUARD3",
          "llama-guard-3-1b": "LLAMA_GUARD3", "llama-guard-4": "LLAMA_GUARD4", "shield-gemma": "SHIELD_GEMMA",
          "granite-guardian": "GRANITE_GUARDIAN", "chatml": None}


def questions(style, of_prompt):
    if style == "SHIELD_GEMMA":
        return [{"guideline": guideline(policy, of_prompt)} for policy in POLICIES]
    return [{"guardian_config": {"risk_name": "harm", "criteria_id": "harm"}}] if style == "GRANITE_GUARDIAN" else [{}]


tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel({"?": 0}, unk_token="?")), bos_token="<s>", eos_token="</s>")
# Pairs, and then each prompt alone.
SHOWN = EXCHANGES + [[prompt, None] for prompt, _ in EXCHANGES]
golden = {"exchanges": SHOWN, "templates": {}, "published": {}}
for name, style in STYLES.items():
    template = (HERE / "templates" / f"{name}.jinja").read_text()
    prompts = []
    for prompt, answer in SHOWN:
        parts = name == "llama-guard-3-1b"
        content = (lambda text: [{"type": "text", "text": text}]) if parts else (lambda text: text)
        messages = [{"role": "user", "content": content(prompt)}]
        if answer is not None:
            messages.append({"role": "assistant", "content": content(answer)})
        prompts.append([tokenizer.apply_chat_template(
            messages, chat_template=template, tokenize=False, add_generation_prompt=True, **more)
            for more in questions(style, answer is None)])
    golden["templates"][name] = {"style": style, "prompts": prompts}
for style, write in PUBLISHED.items():
    golden["published"][style] = [write(prompt, answer) for prompt, answer in SHOWN]
(HERE / "guards.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
