pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method lora() }
    deploy     { ollama 'tuned', directory: 'models/ollama' }
}
