pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method dora(r: 8, target_modules: ['q_proj', 'v_proj']) }
}
