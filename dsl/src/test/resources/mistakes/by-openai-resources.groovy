pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    setup { resources gpus: 1, memory: 8.gb }
    train {
        method full()
        by openai(endpoint: 'azure', model: 'gpt-4o-mini-2024-07-18')
    }
    evaluate { metric loss }
}
