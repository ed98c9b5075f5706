pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora { lora_alpha 16; target_modules 'q_proj' } }
}
