pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        quality language: ['english']
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
