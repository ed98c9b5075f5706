pipeline('hello') {
    prepare { dataset 'data/hello.jsonl' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        grounding judge: openai(endpoint: 'lab', model: 'm'), maxUnsupported: 5.percent
    }
}
