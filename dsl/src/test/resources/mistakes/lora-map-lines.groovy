pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train {
        method lora {
            rank: 16,
            alpha: 32,
            targets: ['q_proj', 'v_proj']
        }
    }
}
